/// A program's names for the parts of an inverted residual block.
struct BlockParts {
    var expand = "conv_pw."
    var expandNorm = "bn1."
    var depthwise = "conv_dw."
    var depthwiseNorm = "bn2."
    var reduce = "se.conv_reduce."
    var widen = "se.conv_expand."
    var project = "conv_pwl."
    var projectNorm = "bn3."

    /// timm's, whose block without an expansion counts from what there is.
    static func timm(expands: Bool) -> BlockParts {
        expands ? BlockParts() : BlockParts(depthwiseNorm: "bn1.", project: "conv_pw.", projectNorm: "bn2.")
    }
}

/// Rules for a block of torchvision's whose parts count from 0: expansion, depthwise convolution, excitation, projection.
///
/// - Parameters:
///   - own: the beginning of torchvision's names, up to the number.
///   - theirs: that of the program's names.
func excitedRules(
    expands: Bool, excites: Bool = true, _ own: String, _ theirs: String, _ parts: BlockParts
) -> [Naming.Rule] {
    var rules: [Naming.Rule] = []
    var index = 0
    func add(_ names: String...) {
        for (place, name) in names.enumerated() { rules.append(.init("\(own)\(index).\(place).", theirs + name)) }
        index += 1
    }
    if expands { add(parts.expand, parts.expandNorm) }
    add(parts.depthwise, parts.depthwiseNorm)
    if excites {
        rules += [.init("\(own)\(index).fc1.", theirs + parts.reduce), .init("\(own)\(index).fc2.", theirs + parts.widen)]
        index += 1
    }
    add(parts.project, parts.projectNorm)
    return rules
}
