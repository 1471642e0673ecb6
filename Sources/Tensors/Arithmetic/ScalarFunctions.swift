#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Functions of one number with their derivatives, for layers too rare to have a vectorised loop.
public enum ScalarFunction: ElementwiseFunction, Equatable {
    /// x, or slope · x below 0.
    case leakyReLU(slope: Float)
    /// x held between two bounds.
    case clip(Float, Float)
    /// min(max(slope · x + shift, 0), 1)
    case hardSigmoid(slope: Float, shift: Float)
    /// x, or scale · (eˣ − 1) below 0, times `gain`: ELU, and SELU with both.
    case elu(scale: Float, gain: Float)
    /// xᵉ; defined for negative x where e is whole.
    case power(Float)
    /// ½x(1 + tanh(√(2/π)(x + 0.044715x³))), the approximation of GELU.
    case geluTanh
    /// x, or scale · (e^(x/scale) − 1) below 0 (Barron 2017, arXiv:1704.07483).
    case celu(scale: Float)
    /// 0 up to a distance of `threshold` from 0; beyond it x less `bias`, towards 0.
    case shrink(threshold: Float, bias: Float)
    /// x above the threshold, else 0.
    case thresholdedReLU(Float)
    /// (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)
    case tanh
    /// The error function, 2/√π ∫₀ˣ exp(−t²) dt.
    case erf
    /// eˣ
    case exp
    /// The natural logarithm.
    case log
    /// √x
    case squareRoot
    /// 1/x
    case reciprocal
    /// −x
    case negative
    /// |x|
    case absolute
    /// ln(1 + eˣ)
    case softplus
    /// x / (1 + |x|)
    case softsign
    /// sin x, x in radians.
    case sine
    /// cos x, x in radians.
    case cosine
    /// x
    case identity
    /// x · tanh(ln(1 + eˣ)) (Misra 2019, arXiv:1908.08681).
    case mish
    /// tan x, x in radians.
    case tangent
    /// The angle in radians, −π/2…π/2, whose sine is x.
    case arcSine
    /// The angle in radians, 0…π, whose cosine is x.
    case arcCosine
    /// The angle in radians, −π/2…π/2, whose tangent is x.
    case arcTangent
    /// (eˣ − e⁻ˣ) / 2
    case hyperbolicSine
    /// (eˣ + e⁻ˣ) / 2
    case hyperbolicCosine
    /// The inverse of the hyperbolic sine.
    case areaSine
    /// The inverse of the hyperbolic cosine, for x from 1 on.
    case areaCosine
    /// The inverse of tanh, for −1 < x < 1.
    case areaTangent
    /// Steps, whose derivative is 0.
    case sign, floor, ceiling, round, truncated, isZero, isNotZero

    private static let geluScale: Float = 0.797_884_56  // √(2/π)
    private static let geluCubic: Float = 0.044_715  // Hendrycks and Gimpel 2016, arXiv:1606.08415
    private static let erfScale: Float = 1.128_379_2  // 2/√π

    /// f(x)
    public func value(_ x: Float) -> Float {
        switch self {
        case .leakyReLU(let slope): x < 0 ? slope * x : x
        case .clip(let low, let high): min(max(x, low), high)
        case .hardSigmoid(let slope, let shift): min(max(slope * x + shift, 0), 1)
        case .elu(let scale, let gain): gain * (x > 0 ? x : scale * expm1f(x))
        case .power(let exponent): exponent == 2 ? x * x : powf(x, exponent)
        case .geluTanh: 0.5 * x * (1 + tanhf(Self.geluScale * (x + Self.geluCubic * x * x * x)))
        case .tanh: tanhf(x)
        case .erf: erff(x)
        case .exp: expf(x)
        case .log: logf(x)
        case .squareRoot: x.squareRoot()
        case .reciprocal: 1 / x
        case .negative: -x
        case .absolute: abs(x)
        case .softplus: x > 20 ? x : log1pf(expf(x))
        case .softsign: x / (1 + abs(x))
        case .sine: sinf(x)
        case .cosine: cosf(x)
        case .identity: x
        case .celu(let scale): x > 0 ? x : scale * expm1f(x / scale)
        case .shrink(let threshold, let bias): x < -threshold ? x + bias : x > threshold ? x - bias : 0
        case .thresholdedReLU(let threshold): x > threshold ? x : 0
        case .mish: x * tanhf(Self.softplus.value(x))
        case .tangent: tanf(x)
        case .arcSine: asinf(x)
        case .arcCosine: acosf(x)
        case .arcTangent: atanf(x)
        case .hyperbolicSine: sinhf(x)
        case .hyperbolicCosine: coshf(x)
        case .areaSine: asinhf(x)
        case .areaCosine: acoshf(x)
        case .areaTangent: atanhf(x)
        case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
        case .floor: x.rounded(.down)
        case .ceiling: x.rounded(.up)
        case .round: x.rounded(.toNearestOrEven)
        case .truncated: x.rounded(.towardZero)
        case .isZero: x == 0 ? 1 : 0
        case .isNotZero: x == 0 ? 0 : 1
        }
    }

    /// f′(x); at a kink, PyTorch's choice.
    public func derivative(_ x: Float) -> Float {
        switch self {
        case .leakyReLU(let slope): return x > 0 ? 1 : slope
        case .clip(let low, let high): return x >= low && x <= high ? 1 : 0
        case .hardSigmoid(let slope, let shift):
            let y = slope * x + shift
            return y > 0 && y < 1 ? slope : 0
        case .elu(let scale, let gain): return gain * (x > 0 ? 1 : scale * expf(x))
        case .power(let exponent): return exponent == 2 ? 2 * x : exponent * powf(x, exponent - 1)
        case .geluTanh:
            let t = tanhf(Self.geluScale * (x + Self.geluCubic * x * x * x))
            return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * Self.geluScale * (1 + 3 * Self.geluCubic * x * x)
        case .tanh:
            let t = tanhf(x)
            return 1 - t * t
        case .erf: return Self.erfScale * expf(-x * x)
        case .exp: return expf(x)
        case .log: return 1 / x
        case .squareRoot: return 0.5 / x.squareRoot()
        case .reciprocal: return -1 / (x * x)
        case .negative: return -1
        case .absolute: return x > 0 ? 1 : x < 0 ? -1 : 0
        case .softplus: return 1 / (1 + expf(-x))
        case .softsign:
            let d = 1 + abs(x)
            return 1 / (d * d)
        case .sine: return cosf(x)
        case .cosine: return -sinf(x)
        case .identity: return 1
        case .celu(let scale): return x > 0 ? 1 : expf(x / scale)
        case .shrink(let threshold, _): return abs(x) > threshold ? 1 : 0
        case .thresholdedReLU(let threshold): return x > threshold ? 1 : 0
        case .mish:
            let t = tanhf(Self.softplus.value(x))
            return t + x * (1 - t * t) / (1 + expf(-x))
        case .tangent:
            let c = cosf(x)
            return 1 / (c * c)
        case .arcSine: return 1 / (1 - x * x).squareRoot()
        case .arcCosine: return -1 / (1 - x * x).squareRoot()
        case .arcTangent: return 1 / (1 + x * x)
        case .hyperbolicSine: return coshf(x)
        case .hyperbolicCosine: return sinhf(x)
        case .areaSine: return 1 / (x * x + 1).squareRoot()
        case .areaCosine: return 1 / (x * x - 1).squareRoot()
        case .areaTangent: return 1 / (1 - x * x)
        case .sign, .floor, .ceiling, .round, .truncated, .isZero, .isNotZero: return 0
        }
    }

    /// f(x) of every element.
    public func callAsFunction(_ input: FeatureMap, workers: Workers) -> FeatureMap {
        var result = FeatureMap(uninitialized: input.shape)
        result.withMutableElements { result in
            input.withElements { input in
                eachPiece(of: input.count, workers) { for i in $0 { result[i] = value(input[i]) } }
            }
        }
        return result
    }

    /// From a gradient at the output to one at the input.
    public func pullback(_ gradient: FeatureMap, input: FeatureMap, workers: Workers) -> FeatureMap {
        precondition(gradient.shape == input.shape)
        var result = FeatureMap(uninitialized: input.shape)
        result.withMutableElements { result in
            gradient.withElements { gradient in
                input.withElements { input in
                    eachPiece(of: result.count, workers) { for i in $0 { result[i] = gradient[i] * derivative(input[i]) } }
                }
            }
        }
        return result
    }
}

/// xᵉ in single precision, for the few places outside inner loops that need it.
public func power(_ x: Float, _ exponent: Float) -> Float { powf(x, exponent) }

/// ln x, for the few places outside inner loops that need it.
public func logarithm(_ x: Float) -> Float { log(x) }

/// eˣ, for the few places outside inner loops that need it.
public func exponential(_ x: Float) -> Float { exp(x) }

/// sin x and cos x in double precision, for tables that are made once.
func sineOf(_ angle: Double) -> Double { sin(angle) }
func cosineOf(_ angle: Double) -> Double { cos(angle) }
