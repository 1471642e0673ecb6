#!/usr/bin/env python3
"""The graph that tf2onnx makes of a VGG of Keras: pictures are height, width, channels, and a transposition leads.

    scripts/goldens/onnx_tensorflow.py GOLDENS_FOLDER      (needs tensorflow and tf2onnx)

Writes onnx/vgg_tensorflow.onnx with its weights; onnx_networks.py then takes them out and computes the golden. The network is
VGG-16's first three blocks, 64×80 pixels, a dense layer of 32 and ten classes with a softmax.
"""

import argparse
import pathlib

import keras
import onnx
import tensorflow
import tf2onnx
from keras import layers

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("goldens")
arguments = parser.parse_args()

keras.utils.set_random_seed(0)
picture = layers.Input((64, 80, 3), name="picture")
x = picture
for block, filters in enumerate([[64, 64], [128, 128], [256, 256, 256]], 1):
    for index, count in enumerate(filters, 1):
        x = layers.Conv2D(count, 3, activation="relu", padding="same", name=f"block{block}_conv{index}")(x)
    x = layers.MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
x = layers.SeparableConv2D(64, 3, strides=2, padding="same", name="separable")(x)
x = layers.BatchNormalization(name="normalization")(x)
x = layers.ReLU(6.0, name="relu6")(x)
x = layers.Flatten(name="flatten")(x)
x = layers.Dense(32, activation="relu", name="fc1")(x)
x = layers.Dense(10, activation="softmax", name="predictions")(x)
model = keras.Model(picture, x)
for weight in model.weights:
    weight.assign(tensorflow.random.uniform(weight.shape, 0.5, 1.0) if "variance" in weight.name else tensorflow.random.normal(weight.shape))

graph, _ = tf2onnx.convert.from_function(
    tensorflow.function(lambda picture: model(picture)),
    input_signature=[tensorflow.TensorSpec((1, 64, 80, 3), tensorflow.float32, name="picture")], opset=15)
folder = pathlib.Path(arguments.goldens) / "onnx"
folder.mkdir(exist_ok=True)
onnx.save(graph, folder / "vgg_tensorflow.onnx")
print(f"vgg_tensorflow.onnx  {len(graph.graph.node)} nodes")
