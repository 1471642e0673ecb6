extension Picture {
    public func captioned(_ text: String) -> Picture { self }
}
