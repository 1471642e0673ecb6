#!/usr/bin/env python3
"""torchvision's networks of segmentation, detection and transformers as PyTorch's two exporters write them, for one size and for any,
with what ONNX Runtime makes of them.

    scripts/goldens/onnx_torchvision.py GOLDENS_FOLDER

Detectors end in the answers of their heads, before the boxes that overlap are dropped, which is no network. All are as small as they
can be. Weights are left out and made from their names on both sides, as in onnx_networks.py, whose input this has, too.

Tensors of onnx_torchvision.safetensors:
    models     bytes: the graphs one after the other, deflated (RFC 1950)
    NAME       of the output the largest magnitude, then 24 elements at position("NAME", j)
The metadata entry "sizes" has the bytes of each graph, in the order of "names".
"""

import argparse
import concurrent.futures
import json
import logging
import pathlib
import warnings
import zlib

import numpy
import torch
import torchvision
from torchvision.models import detection, segmentation

import integer_hash
import safetensors_file
from onnx_networks import export, run, sampled, stripped

SIDE = 224
GAIN = 1.5


class Answer(torch.nn.Module):
    """What a network of segmentation answers, without its name."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, picture):
        return self.network(picture)["out"]


class Heads(torch.nn.Module):
    """The answers of a detector's heads, of all levels."""

    def __init__(self, backbone, head):
        super().__init__()
        self.backbone, self.head = backbone, head

    def forward(self, picture):
        answers = self.head(list(self.backbone(picture).values()))
        return torch.cat([answers["cls_logits"], answers["bbox_regression"]], -1)


def small_backbone(dilated=True):
    return torchvision.models.mobilenet_v3_small(weights=None, dilated=dilated)


def pyramid():
    """RetinaNet's head on a pyramid of features (FPN)."""
    features = small_backbone(dilated=False).features
    body = torchvision.models._utils.IntermediateLayerGetter(features, {"3": "0", "8": "1", "12": "2"})

    class Backbone(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.body = body
            self.fpn = torchvision.ops.FeaturePyramidNetwork(
                [24, 48, 576], 32, extra_blocks=torchvision.ops.feature_pyramid_network.LastLevelMaxPool())

        def forward(self, picture):
            return self.fpn(self.body(picture))

    return Heads(Backbone(), detection.retinanet.RetinaNetHead(32, 3, 5))


def swin():
    return torchvision.models.SwinTransformer([4, 4], 24, [2, 2], [2, 4], window_size=[7, 7], num_classes=10)


NETWORKS = {
    "lraspp": lambda: Answer(segmentation.lraspp._lraspp_mobilenetv3(small_backbone(), 5)),
    "pyramid": pyramid,
    "vit": lambda: torchvision.models.VisionTransformer(SIDE, 32, 2, 3, 48, 96, num_classes=10),
    "swin": swin,
}
VARIANTS = {"": {}, "_open": {"dynamic": True}, "_dynamo": {"dynamo": True}, "_dynamo_open": {"dynamo": True, "dynamic": True}}


def made(network, suffix):
    """A network's name, the bytes of its graph, and samples of its output; nothing where the exporter cannot write it."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    name = network + suffix
    try:
        model = stripped(export(name, NETWORKS[network], (SIDE, SIDE), external_data=False, **VARIANTS[suffix]))
    except torch.onnx.OnnxExporterError as error:
        print(f"{name}: cannot be exported: {type(error).__name__}", flush=True)
        return None
    picture, _, session, _ = run(name, model, GAIN, [])
    image = integer_hash.values(f"onnx/{name}", (1, 3, SIDE, SIDE)).astype(numpy.float32)
    output = session.run(None, {picture: image})[0]
    data = model.SerializeToString()
    print(f"{name:20} {len(data):7} bytes  {len(model.graph.node):4} nodes  output {output.shape} of {output.std():.2g}", flush=True)
    return name, data, sampled(name, output).astype("<f4")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("goldens", type=pathlib.Path)
    folder = parser.parse_args().goldens
    with concurrent.futures.ProcessPoolExecutor(4) as pool:
        jobs = [pool.submit(made, network, suffix) for network in NETWORKS for suffix in VARIANTS]
        results = [job.result() for job in jobs]
    results = [result for result in results if result]
    tensors = {name: samples for name, _, samples in results}
    models = b"".join(data for _, data, _ in results)
    tensors["models"] = numpy.frombuffer(zlib.compress(models, 9), numpy.uint8)
    names, sizes = [name for name, _, _ in results], [len(data) for _, data, _ in results]
    metadata = {"script": "scripts/goldens/onnx_torchvision.py", "gain": str(GAIN), "names": json.dumps(names), "sizes": json.dumps(sizes)}
    path = folder / "onnx_torchvision.safetensors"
    safetensors_file.write(path, tensors, metadata)
    print(f"{path.name}  {len(names)} networks  {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
