import Models
import Networks

/// The networks that ship with the program.
public func bundledModel(_ name: String) throws -> Model {
    let catalog = try ModelCatalog(folder: ModelFolder.find()!)
    return try catalog.load(try catalog.model(named: name))
}

/// The path of a file that ships with the program, such as "squeezenet1_1.safetensors".
public func bundledFile(_ name: String) -> String { "\(ModelFolder.find()!)/\(name)" }
