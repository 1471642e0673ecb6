import Images
import Networks
import Tensors
import Visualization

extension Photographs {
    /// A plan that knows the SHA-256 of the photographs that it names.
    ///
    /// - Throws: 65 where a file is not the one that the plan knows already.
    func sealed(_ plan: RenderPlan, model: Model) throws(Problem) -> RenderPlan {
        var plan = plan
        let digests = digests(of: try names(in: plan, model))
        for (name, digest) in digests {
            if let planned = plan.pictures[name], planned != digest {
                throw .badData("\(name) is another picture than the one of the plan (SHA-256 \(planned))")
            }
        }
        plan.pictures = digests
        return plan
    }

    /// The photographs that a plan names, each scaled to cover the plan's size and cut to it, as the renderer wants them.
    func pictures(of plan: RenderPlan, model: Model) throws(Problem) -> [String: Tensor] {
        var pictures: [String: Tensor] = [:]
        for name in try names(in: plan, model) {
            let fitted = try picture(name).fitted(width: plan.width, height: plan.height)
            pictures[name] = try fitted.tensor(channels: model.network.inputChannels, name: name)
        }
        return pictures
    }

    /// Finds the photographs of a plan that is followed again.
    ///
    /// - Returns: those of the given ones that are among them.
    mutating func find(_ plan: RenderPlan, model: Model, given: [String] = [], beside picture: String) throws(Problem) -> Set<String> {
        var planned: [String: String?] = [:]
        for name in try names(in: plan, model) { planned.updateValue(plan.pictures[name], forKey: name) }
        return try find(planned, given: given, beside: picture)
    }

    private func names(in plan: RenderPlan, _ model: Model) throws(Problem) -> [String] {
        try asProblem { try Renderer.pictures(of: plan, model: model) }
    }
}
