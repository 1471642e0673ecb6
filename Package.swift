// swift-tools-version: 6.2
import PackageDescription

// An arrow reads "may import"; nothing imports upwards:
//   lucid → Studio → { Analysis, Films, ModelStore, Images, Manifests, Models },  Films → { Files, Images }
//   Analysis → Visualization → Networks → Tensors → { COpenBLAS, CFFTW, Kernels }
//   ModelStore → { ONNX, CCurl },  ONNX → { Networks, SwiftProtobuf },  Networks → { Files, Tensors, CZlib }
//   Images → { Files, Tensors, CPNG, CJPEG, CFreeType, CZlib },  Manifests → Yams,  Files → Crypto
let libraries = ["Studio", "Analysis", "Visualization", "ModelStore", "ONNX", "Networks", "Tensors", "Images", "Films", "Files", "Manifests", "Models"]

// What these tests run is optimized; to optimize the tests as well takes longer than it saves.
let asWritten: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]

let package = Package(
    name: "lucid",
    products: [.executable(name: "lucid", targets: ["lucid"])] + libraries.map { .library(name: $0, targets: [$0]) },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.0.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.30.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    ],
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CFFTW", pkgConfig: "fftw3f", providers: [.apt(["libfftw3-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
        .systemLibrary(name: "CFreeType", pkgConfig: "freetype2", providers: [.apt(["libfreetype-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // Opened when something is downloaded, never linked.
        .systemLibrary(name: "CCurl"),
        // C inner loops with run-time dispatch over AVX2 and AVX-512; see Benchmarks/NOTES.md for what it buys.
        .target(name: "Kernels"),
        .target(name: "Tensors", dependencies: ["COpenBLAS", "CFFTW", "Kernels"]),
        .target(name: "Files", dependencies: [.product(name: "Crypto", package: "swift-crypto")]),
        .target(
            name: "Images", dependencies: ["Files", "Tensors", "CPNG", "CJPEG", "CFreeType", "CZlib"],
            exclude: ["Text/Resources/LICENSE.txt"],
            // Made by scripts/font.
            resources: [.embedInCode("Text/Resources/figures.ttf")]),
        .target(name: "Films", dependencies: ["Files", "Images"]),
        .target(name: "Models", path: "Models", sources: ["ModelFolder.swift"], resources: [
                .copy("models.json"), .copy("downloads.json"), .copy("hub.json"), .copy("imagenet-labels.txt"), .copy("ATTRIBUTION.md"),
                .copy("squeezenet1_1.safetensors"), .copy("vgg16.safetensors"),
            ]),
        .target(name: "Networks", dependencies: ["CZlib", "Files", "Tensors"]),
        .target(
            name: "ONNX",
            dependencies: ["Files", "Networks", "Tensors", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            exclude: ["Generated/onnx.proto"]),
        .target(name: "ModelStore", dependencies: ["Files", "Networks", "ONNX", "CCurl"]),
        .target(name: "Visualization", dependencies: ["Networks", "Tensors"]),
        .target(name: "Analysis", dependencies: ["Visualization", "Networks", "Tensors"]),
        .target(name: "Manifests", dependencies: [.product(name: "Yams", package: "Yams")]),
        .target(
            name: "Studio",
            dependencies: ["Analysis", "Visualization", "ModelStore", "Networks", "Tensors", "Images", "Films", "Files", "Models", "Manifests"],
            // Part of the program's code, which is then one file.
            resources: [
                .embedInCode("Report/Resources/report.html"), .embedInCode("Report/Resources/report.css"),
                .embedInCode("Report/Resources/report.js"), .embedInCode("Report/Resources/page.css"), .embedInCode("Report/Resources/page.js"),
                .embedInCode("Statistics/Resources/statistics.html"), .embedInCode("Statistics/Resources/statistics.css"),
                .embedInCode("Statistics/Resources/statistics.js"), .embedInCode("Statistics/Resources/imagenet-categories.txt"),
                .embedInCode("Attribution/Relations/Resources/relation.html"),
                .embedInCode("Attribution/Relations/Resources/relation.css"), .embedInCode("Attribution/Relations/Resources/relation.js"),
            ]),
        .executableTarget(
            name: "lucid",
            dependencies: [
                "Studio", "Analysis", "Visualization", "ModelStore", "Networks", "Tensors", "Images", "Files",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        // The programs of docs/Library.md.
        .executableTarget(name: "DrawChannel", dependencies: ["Studio", "Images"], path: "Examples/DrawChannel"),
        .executableTarget(
            name: "OwnObjective", dependencies: ["Studio", "Visualization", "Tensors", "Images"], path: "Examples/OwnObjective"),
        .target(name: "TestSupport", dependencies: ["Tensors", "Networks", "Models", "Images", "CZlib"], path: "Tests/TestSupport"),
        .target(
            name: "FuzzTargets",
            dependencies: ["Studio", "Images", "Manifests", "Networks", "ONNX", "Visualization", "Tensors", "TestSupport"], path: "Tests/FuzzTargets"),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"]),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors", "TestSupport"]),
        .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
        .testTarget(name: "ImagesTests", dependencies: ["Files", "Images", "TestSupport"], exclude: ["Fixtures"]),
        .testTarget(name: "FilmsTests", dependencies: ["Films", "Images", "TestSupport"]),
        .testTarget(name: "NetworksTests", dependencies: ["Files", "Networks", "Models", "TestSupport"]),
        .testTarget(name: "ONNXTests", dependencies: ["ONNX", "Networks", "Visualization", "TestSupport"]),
        .testTarget(name: "ModelStoreTests", dependencies: ["Files", "ModelStore", "Networks", "Models", "TestSupport"]),
        .testTarget(name: "VisualizationTests", dependencies: ["Visualization", "Models", "TestSupport"]),
        .testTarget(name: "AnalysisTests", dependencies: ["Analysis", "Visualization", "TestSupport"]),
        .testTarget(
            name: "StudioTests", dependencies: ["Studio", "Analysis", "Visualization", "Networks", "Images", "Files", "TestSupport"],
            swiftSettings: asWritten),
        .testTarget(
            name: "CommandTests", dependencies: ["lucid", "DrawChannel", "OwnObjective", "Studio", "Files", "Images", "Networks", "TestSupport"],
            exclude: ["Photos"], swiftSettings: asWritten),
    ],
    swiftLanguageModes: [.v6]
)

// The program that scripts/fuzz builds: libFuzzer brings its main.
if Context.environment["LUCID_FUZZ"] == "1" {
    package.targets.append(
        .executableTarget(
            name: "Fuzzing", dependencies: ["FuzzTargets"], path: "Tests/Fuzzing", swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}
