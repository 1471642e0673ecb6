// The words of the pickle language that checkpoints need.

extension Unpickler {
    /// The opcodes that are carried out.
    enum Opcode: UInt8 {
        case proto = 0x80, stop = 0x2E  // .
        case mark = 0x28, tuple = 0x74  // ( t
        case tuple1 = 0x85, tuple2 = 0x86, tuple3 = 0x87, emptyTuple = 0x29  // )
        case emptyList = 0x5D, append = 0x61, appends = 0x65  // ] a e
        case emptyDict = 0x7D, setItem = 0x73, setItems = 0x75  // } s u
        case emptySet = 0x8F
        case none = 0x4E, newTrue = 0x88, newFalse = 0x89  // N
        case binInt = 0x4A, binInt1 = 0x4B, binInt2 = 0x4D, long1 = 0x8A, binFloat = 0x47  // J K M G
        case binUnicode = 0x58, shortBinString = 0x55  // X U
        case binPersistentID = 0x51  // Q
        case binGet = 0x68, longBinGet = 0x6A, binPut = 0x71, longBinPut = 0x72  // h j q r
        case global = 0x63, reduce = 0x52, newObject = 0x81, build = 0x62  // c R b
    }

    /// The other opcodes of the protocols 0 to 5, for messages.
    static let refusedOpcodes: [UInt8: String] = [
        0x49: "INT", 0x4C: "LONG", 0x46: "FLOAT", 0x53: "STRING", 0x56: "UNICODE", 0x54: "BINSTRING", 0x50: "PERSID",
        0x67: "GET", 0x70: "PUT", 0x64: "DICT", 0x6C: "LIST", 0x69: "INST", 0x6F: "OBJ", 0x30: "POP", 0x31: "POP_MARK",
        0x32: "DUP", 0x8B: "LONG4", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x42: "BINBYTES", 0x43: "SHORT_BINBYTES",
        0x8C: "SHORT_BINUNICODE", 0x8D: "BINUNICODE8", 0x8E: "BINBYTES8", 0x90: "ADDITEMS", 0x91: "FROZENSET",
        0x92: "NEWOBJ_EX", 0x93: "STACK_GLOBAL", 0x94: "MEMOIZE", 0x95: "FRAME", 0x96: "BYTEARRAY8",
        0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
    ]

    /// Beginnings of the names of everything that quantized tensors need.
    static let quantized = [
        "torch._utils._rebuild_qtensor", "torch.qint", "torch.quint", "torch.QInt", "torch.QUInt", "torch.per_",
        "torch.quantization.", "torch.ao.", "torch.nn.quantized.", "torch.nn.intrinsic.",
    ]

    /// The Python objects that may be named, by module and name.
    static let globals: [String: Pickle.Global] = {
        var globals: [String: Pickle.Global] = [
            "collections.OrderedDict": .orderedDictionary, "torch.Size": .size,
            "torch.nn.parameter.Parameter": .parameter, "torch._utils._rebuild_tensor": .rebuildTensor,
            "torch._utils._rebuild_tensor_v2": .rebuildTensor2, "torch._utils._rebuild_parameter": .rebuildParameter,
            // A storage without a type is one of bytes.
            "torch.UntypedStorage": .storage(.u8), "torch.storage.UntypedStorage": .storage(.u8),
            // Training scripts keep these beside the weights: a best accuracy (a NumPy scalar, whose bytes protocol 2
            // writes as a call of _codecs.encode), the command line.
            "numpy.core.multiarray.scalar": .opaque, "numpy._core.multiarray.scalar": .opaque, "numpy.dtype": .opaque,
            "_codecs.encode": .opaque, "argparse.Namespace": .opaque,
        ]
        let types: [(String, ElementType)] = [
            ("Float", .f32), ("Double", .f64), ("Half", .f16), ("BFloat16", .bf16), ("Long", .i64), ("Int", .i32),
            ("Short", .i16), ("Char", .i8), ("Byte", .u8), ("Bool", .bool),
        ]
        for (name, type) in types {
            globals["torch.\(name)Storage"] = .storage(type)
            globals["torch.\(name)Tensor"] = .tensorType
        }
        return globals
    }()
}
