/// Reads one pickle of PyTorch's (Python's pickle protocol 2) without any of its powers.
///
/// A pickle is a program for a stack machine that can import and call whatever it names. This machine knows the
/// opcodes that tensors, dicts and numbers need, and a fixed list of names; each of those is replaced by data and never
/// called. Any other opcode or name is an error that says which. Opcodes are those of Python's `pickletools`.
struct Unpickler {
    /// Opcodes that are carried out, and elements that are copied, in one pickle. The largest state dicts need fewer
    /// than 100 000; a million keep memory below about 300 MB, and time below two seconds, whatever the pickle does.
    static let mostSteps = 1_000_000
    /// Bytes of one pickle: storages lie outside, so that real ones stay below a few megabytes.
    static let longestPickle = 1 << 26
    /// MARKs open at once, that is how deep real data is nested.
    static let mostMarks = 1000
    /// torch allows more, but nothing has them.
    static let mostExtents = 64

    private var reader: ByteReader
    private var pickle = Pickle()
    private var stack: [Pickle.Value] = []
    private var marks: [Int] = []  // heights of the stack, ascending
    private var memo: [Int: Pickle.Value] = [:]
    private var steps = 0

    private init(_ reader: ByteReader) { self.reader = reader }

    /// Reads the pickle that begins at the reader's position, and steps over it.
    static func read(_ reader: inout ByteReader) throws(WeightsError) -> Pickle {
        let start = reader.position
        var machine = Unpickler(reader)
        while try machine.step() {
            guard machine.reader.position - start <= longestPickle else {
                throw machine.reader.refuse("a pickle of more than \(longestPickle >> 20) MiB; save model.state_dict() alone")
            }
        }
        reader = machine.reader
        return machine.pickle
    }

    /// Carries out one opcode; false after the last.
    private mutating func step() throws(WeightsError) -> Bool {
        let place = reader.position
        let code = try reader.integer(UInt8.self, "a pickle")
        guard let opcode = Opcode(rawValue: code) else {
            let name = Self.refusedOpcodes[code].map { "the opcode \($0)" } ?? "the unknown opcode \(code)"
            throw reader.refuse("\(name) at byte \(place) is not allowed in a checkpoint; save model.state_dict() with torch.save")
        }
        try spend(1)
        switch opcode {
        case .proto:
            let version = try reader.integer(UInt8.self, "PROTO")
            guard version <= 3 else {
                throw reader.refuse("pickle protocol \(version) (opcode PROTO) is not read; save without pickle_protocol")
            }
        case .stop:
            pickle.root = try pop()
            guard stack.isEmpty, marks.isEmpty else { throw damaged("STOP with values left over") }
            return false
        case .mark:
            guard marks.count < Self.mostMarks else { throw damaged("more than \(Self.mostMarks) MARKs are open") }
            marks.append(stack.count)
        case .none, .newTrue, .newFalse, .binInt, .binInt1, .binInt2, .long1, .binFloat, .binUnicode, .shortBinString:
            stack.append(try value(opcode))
        case .emptyTuple, .emptyList: pushSequence([])
        case .tuple: pushSequence(try popToMark())
        case .tuple1: pushSequence([try pop()])
        case .tuple2:
            let second = try pop()
            pushSequence([try pop(), second])
        case .tuple3:
            let third = try pop()
            let second = try pop()
            pushSequence([try pop(), second, third])
        case .append: try append([try pop()])
        case .appends: try append(try popToMark())
        case .emptyDict: pushDictionary([])
        case .emptySet: stack.append(.opaque)
        case .setItem:
            let value = try pop()
            try setItems([try pop(), value])
        case .setItems: try setItems(try popToMark())
        case .binPut: memo[Int(try reader.integer(UInt8.self, "BINPUT"))] = try top()
        case .longBinPut: memo[Int(try reader.integer(UInt32.self, "LONG_BINPUT"))] = try top()
        case .binGet: try get(Int(try reader.integer(UInt8.self, "BINGET")))
        case .longBinGet: try get(Int(try reader.integer(UInt32.self, "LONG_BINGET")))
        case .binPersistentID:
            pickle.persistents.append(try pop())
            stack.append(.persistent(pickle.persistents.count - 1))
        case .global: stack.append(.global(try global()))
        case .reduce, .newObject: try call(made: opcode == .newObject)
        case .build: try dropAttributes()
        }
        return true
    }

    private mutating func call(made: Bool) throws(WeightsError) {
        let arguments = try pop()
        guard case .global(let global) = try pop(), let elements = pickle.elements(arguments) else {
            throw damaged("a call of something that has no name")
        }
        stack.append(try result(of: global, elements, made: made))
    }

    /// The attributes of a state dict (_metadata), a dtype or a Namespace: no weights are among them.
    private mutating func dropAttributes() throws(WeightsError) {
        _ = try pop()
        switch try top() {
        case .dictionary, .tensor, .opaque: break
        default: throw damaged("BUILD of something that has no attributes")
        }
    }

    /// The value that an opcode brings itself.
    private mutating func value(_ opcode: Opcode) throws(WeightsError) -> Pickle.Value {
        switch opcode {
        case .newTrue: return .boolean(true)
        case .newFalse: return .boolean(false)
        case .binInt: return .integer(Int(try reader.integer(Int32.self, "BININT")))
        case .binInt1: return .integer(Int(try reader.integer(UInt8.self, "BININT1")))
        case .binInt2: return .integer(Int(try reader.integer(UInt16.self, "BININT2")))
        case .long1: return try long()
        case .binFloat:
            _ = try reader.take(8, "BINFLOAT")
            return .opaque
        case .binUnicode:
            let length = try reader.size(UInt32.self, "BINUNICODE")
            guard length <= Self.longestPickle else { throw damaged("a string of \(length) bytes") }
            return .string(try reader.string(length, "a string"))
        case .shortBinString:
            // Python 2's str: a name, or bytes that stand for something else.
            let length = try reader.size(UInt8.self, "SHORT_BINSTRING")
            let text = String(validating: reader.bytes[try reader.take(length, "a string")], as: UTF8.self)
            return text.map { .string($0) } ?? .opaque
        case .none: return .none
        default: preconditionFailure("\(opcode) brings no value")
        }
    }

    // MARK: The stack

    private func damaged(_ reason: String) -> WeightsError {
        reader.refuse("damaged pickle: \(reason), before byte \(reader.position)")
    }

    private mutating func spend(_ count: Int) throws(WeightsError) {
        steps += count  // far from overflow: neither is more than a pickle's bytes
        guard steps <= Self.mostSteps else {
            throw reader.refuse("a pickle of more than \(Self.mostSteps) steps; save model.state_dict() alone")
        }
    }

    /// The topmost value that no open MARK protects.
    private func top() throws(WeightsError) -> Pickle.Value {
        guard let value = stack.last, stack.count > marks.last ?? 0 else { throw damaged("the stack is empty") }
        return value
    }

    private mutating func pop() throws(WeightsError) -> Pickle.Value {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func popToMark() throws(WeightsError) -> [Pickle.Value] {
        guard let mark = marks.popLast() else { throw damaged("no MARK is open") }
        let values = Array(stack[mark...])
        stack.removeLast(values.count)
        return values
    }

    private mutating func get(_ index: Int) throws(WeightsError) {
        guard let value = memo[index] else { throw damaged("the memo has no \(index)") }
        stack.append(value)
    }

    // MARK: Containers

    private mutating func pushSequence(_ elements: [Pickle.Value]) {
        pickle.sequences.append(elements)
        stack.append(.sequence(pickle.sequences.count - 1))
    }

    private mutating func pushDictionary(_ entries: [(key: Pickle.Value, value: Pickle.Value)]) {
        pickle.dictionaries.append(entries)
        stack.append(.dictionary(pickle.dictionaries.count - 1))
    }

    private mutating func append(_ elements: [Pickle.Value]) throws(WeightsError) {
        guard case .sequence(let index) = try top() else { throw damaged("APPEND to what is no list") }
        pickle.sequences[index].append(contentsOf: elements)
    }

    /// - Parameter items: keys and values in turn.
    private mutating func setItems(_ items: [Pickle.Value]) throws(WeightsError) {
        guard items.count % 2 == 0 else { throw damaged("a key without a value") }
        guard case .dictionary(let index) = try top() else { throw damaged("SETITEM in what is no dict") }
        for i in stride(from: 0, to: items.count, by: 2) { pickle.dictionaries[index].append((items[i], items[i + 1])) }
    }

    // MARK: Values

    /// A signed little-endian integer of any length; one that no Int holds (PyTorch's magic number) is opaque.
    private mutating func long() throws(WeightsError) -> Pickle.Value {
        let length = try reader.size(UInt8.self, "LONG1")
        let range = try reader.take(length, "LONG1")
        guard range.count <= 8 else { return .opaque }
        var bits: UInt64 = range.isEmpty || reader.bytes[range.upperBound - 1] < 0x80 ? 0 : .max
        for byte in reader.bytes[range].reversed() { bits = bits << 8 | UInt64(byte) }
        return .integer(Int(bitPattern: UInt(bits)))
    }

    private mutating func global() throws(WeightsError) -> Pickle.Global {
        let module = try reader.line(longest: 1000, "the name of a module")
        let name = "\(module).\(try reader.line(longest: 1000, "the name of a global"))"
        guard let global = Self.globals[name] else {
            if Self.quantized.contains(where: { name.hasPrefix($0) }) {
                throw reader.refuse("quantized weights are not read; save the float model")
            }
            throw reader.refuse(
                "the global \(shown(name)) is not allowed in a checkpoint, where nothing is ever called; save model.state_dict() instead")
        }
        return global
    }

    /// The data that stands for the result of calling `global`.
    ///
    /// - Parameter made: by NEWOBJ, for which classes alone will do.
    private mutating func result(of global: Pickle.Global, _ arguments: [Pickle.Value], made: Bool) throws(WeightsError) -> Pickle.Value {
        switch (global, made) {
        case (.opaque, _): return .opaque
        case (.orderedDictionary, _):
            // Python 2 passes a list of pairs, all others nothing.
            var entries: [(key: Pickle.Value, value: Pickle.Value)] = []
            if let list = arguments.first {
                guard arguments.count == 1, let pairs = pickle.elements(list) else { throw damaged("an OrderedDict of no pairs") }
                try spend(pairs.count)
                for pair in pairs {
                    guard let pair = pickle.elements(pair), pair.count == 2 else { throw damaged("an OrderedDict of no pairs") }
                    entries.append((pair[0], pair[1]))
                }
            }
            pickle.dictionaries.append(entries)
            return .dictionary(pickle.dictionaries.count - 1)
        case (.size, _):
            guard arguments.count == 1, case .sequence = arguments[0] else { throw damaged("a torch.Size of no tuple") }
            return arguments[0]
        case (.parameter, _):
            guard let data = arguments.first else { throw damaged("a Parameter of no tensor") }
            return data
        case (.rebuildParameter, false):
            guard arguments.count == 3 else { throw damaged("_rebuild_parameter of \(arguments.count) values") }
            return arguments[0]
        case (.rebuildTensor, false):
            guard arguments.count == 4 else { throw damaged("_rebuild_tensor of \(arguments.count) values") }
            return try tensor(arguments)
        case (.rebuildTensor2, false):
            guard arguments.count == 6 || arguments.count == 7 else {
                throw damaged("_rebuild_tensor_v2 of \(arguments.count) values")
            }
            // The seventh tells of pending conjugation or negation.
            if arguments.count == 7 {
                switch arguments[6] {
                case .none: break
                case .dictionary(let index) where pickle.dictionaries[index].isEmpty: break
                default: throw reader.refuse("a tensor with pending operations; save resolve_neg() of it")
                }
            }
            return try tensor(arguments)
        case (.storage, _), (.tensorType, _), (.rebuildParameter, true), (.rebuildTensor, true), (.rebuildTensor2, true):
            throw damaged("\(global) cannot be called")
        }
    }

    /// - Parameter arguments: storage, offset, size, stride.
    private mutating func tensor(_ arguments: [Pickle.Value]) throws(WeightsError) -> Pickle.Value {
        guard case .persistent(let storage) = arguments[0], case .integer(let offset) = arguments[1],
            case .sequence(let size) = arguments[2], case .sequence(let stride) = arguments[3],
            max(pickle.sequences[size].count, pickle.sequences[stride].count) <= Self.mostExtents,
            let shape = pickle.integers(arguments[2]), let strides = pickle.integers(arguments[3])
        else { throw damaged("a tensor needs a storage, an offset, and at most \(Self.mostExtents) sizes and strides") }
        try spend(shape.count + strides.count)
        pickle.tensors.append(Pickle.Tensor(persistent: storage, offset: offset, shape: shape, strides: strides))
        return .tensor(pickle.tensors.count - 1)
    }
}
