/// The version of lucid, which is part of every picture's record: another version may draw other bytes.
public let version = "0.3.0"
