// Draws a channel of SqueezeNet and looks at the picture's pixels.
import Images
import Studio

var request = ChannelRequest()
request.layer = "features.10"
request.index = IndexList(5)
request.render.size = PictureSize(side: 64)
request.render.steps = 16

let session = Session()
let picture = try session.pictures(of: request)[0]

// [3, height, width], 0…1: all red values row by row, then green, then blue.
let pixels = picture.planes()
let area = picture.width * picture.height
for (index, colour) in ["red", "green", "blue"].enumerated() {
    let plane = pixels[index * area..<(index + 1) * area]
    print("mean of \(colour): \(plane.reduce(0, +) / Float(area))")
}
try picture.write(to: "channel.png")
