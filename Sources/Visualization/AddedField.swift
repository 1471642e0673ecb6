import Networks

/// A field that plans were given after the first version. A plan without it means what it meant then, whatever new plans begin
/// with:
///
///     @Added public var crops = 1
///
/// In JSON it is the value itself. An optional field needs no such mark: it is nil in a plan without it.
@propertyWrapper
public struct Added<Value: ValueOfEarlierPlans & Sendable>: Sendable, Codable, Equatable {
    /// The field's value.
    public var wrappedValue: Value

    /// The field of a new plan.
    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

    /// Reads the value; a plan without one does not come here.
    public init(from decoder: any Decoder) throws { wrappedValue = try Value(from: decoder) }

    /// Writes the value by itself.
    public func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}

extension KeyedDecodingContainer {
    /// The compiler's decoding of a plan calls this for each of its `Added` fields.
    func decode<Value>(_: Added<Value>.Type, forKey key: Key) throws -> Added<Value> {
        Added(wrappedValue: try decodeIfPresent(Value.self, forKey: key) ?? .inEarlierPlans)
    }
}

/// A kind of value that plans were given later.
public protocol ValueOfEarlierPlans: Codable, Equatable {
    /// The value with which a plan means what it meant before it had the field.
    static var inEarlierPlans: Self { get }
}

extension Bool: ValueOfEarlierPlans {
    /// Nothing was switched on.
    public static var inEarlierPlans: Bool { false }
}

extension Int: ValueOfEarlierPlans {
    /// One picture, one draw of the transforms.
    public static var inEarlierPlans: Int { 1 }
}

extension Array: ValueOfEarlierPlans where Element: Codable & Equatable {
    /// None.
    public static var inEarlierPlans: [Element] { [] }
}

extension Dictionary: ValueOfEarlierPlans where Key: Codable, Value: Codable & Equatable {
    /// None.
    public static var inEarlierPlans: [Key: Value] { [:] }
}

extension Schedule: ValueOfEarlierPlans {
    /// The learning rate did not change.
    public static var inEarlierPlans: Schedule { .constant }
}

extension StageList: ValueOfEarlierPlans {
    /// A picture had one size.
    public static var inEarlierPlans: StageList { .none }
}

extension PoolGradient: ValueOfEarlierPlans {
    /// The derivative.
    public static var inEarlierPlans: PoolGradient { .winner }
}

extension ConvolutionChoice: ValueOfEarlierPlans {
    /// The rule by shape.
    public static var inEarlierPlans: ConvolutionChoice { .auto }
}
