"""Writes what EC2 says of each instance type, for preflight's answer of `getInstanceType`.

python -m tools.instance_types [--check]

Source: the answer of EC2's DescribeInstanceTypes, which moto ships.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceTypeInfo.html
"""

import argparse
import gzip
import json
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from ops.paths import PREFLIGHT
from pulumi_loopback.errors import exit_with

TABLE = PREFLIGHT / "pulumi_preflight" / "outputs" / "answers" / "instance_types.json.gz"
_SOURCE = "resources/instance_types.json.gz"
# The provider's property to its path in EC2's answer.
# Source: hashicorp/terraform-provider-aws, internal/service/ec2/ec2_instance_type_data_source.go.
PATHS: Mapping[str, str] = {
    "bareMetal": "BareMetal",
    "burstablePerformanceSupported": "BurstablePerformanceSupported",
    "currentGeneration": "CurrentGeneration",
    "defaultCores": "VCpuInfo.DefaultCores",
    "defaultThreadsPerCore": "VCpuInfo.DefaultThreadsPerCore",
    "defaultVcpus": "VCpuInfo.DefaultVCpus",
    "ebsEncryptionSupport": "EbsInfo.EncryptionSupport",
    "ebsNvmeSupport": "EbsInfo.NvmeSupport",
    "ebsOptimizedSupport": "EbsInfo.EbsOptimizedSupport",
    "efaSupported": "NetworkInfo.EfaSupported",
    "enaSupport": "NetworkInfo.EnaSupport",
    "freeTierEligible": "FreeTierEligible",
    "hibernationSupported": "HibernationSupported",
    "hypervisor": "Hypervisor",
    "instanceStorageSupported": "InstanceStorageSupported",
    "ipv6Supported": "NetworkInfo.Ipv6Supported",
    "maximumIpv4AddressesPerInterface": "NetworkInfo.Ipv4AddressesPerInterface",
    "maximumIpv6AddressesPerInterface": "NetworkInfo.Ipv6AddressesPerInterface",
    "maximumNetworkInterfaces": "NetworkInfo.MaximumNetworkInterfaces",
    "memorySize": "MemoryInfo.SizeInMiB",
    "networkPerformance": "NetworkInfo.NetworkPerformance",
    "supportedArchitectures": "ProcessorInfo.SupportedArchitectures",
    "supportedRootDeviceTypes": "SupportedRootDeviceTypes",
    "supportedUsagesClasses": "SupportedUsageClasses",
    "supportedVirtualizationTypes": "SupportedVirtualizationTypes",
    "sustainedClockSpeed": "ProcessorInfo.SustainedClockSpeedInGhz",
    "totalGpuMemory": "GpuInfo.TotalGpuMemoryInMiB",
    "totalInstanceStorage": "InstanceStorageInfo.TotalSizeInGB",
}


def main(arguments: Sequence[str]) -> int:
    """Writes the table; with `--check` only compares.

    Returns:
        0, or 1 where `--check` finds the table stale.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.instance_types", description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args(arguments).check
    page = made()
    if json.loads(gzip.decompress(TABLE.read_bytes())) == page if TABLE.exists() else False:
        return 0
    if check:
        sys.stderr.write(f"{TABLE.name} is stale; run `nox -s types:update`\n")
        return 1
    text = json.dumps(page, separators=(",", ":"))
    TABLE.write_bytes(gzip.compress(text.encode(), mtime=0))
    return 0


def made() -> Mapping[str, Any]:
    """The table: `properties`, and each type's `values` in that order, `null` where it has none."""
    packed = files("moto.ec2").joinpath(_SOURCE).read_bytes()
    types = json.loads(gzip.decompress(packed))
    return {
        "source": f"moto {version('moto')}, moto/ec2/{_SOURCE}",
        "properties": list(PATHS),
        "values": {
            name: [_at(types[name], path) for path in PATHS.values()] for name in sorted(types)
        },
    }


def _at(row: Any, path: str) -> Any:  # noqa: ANN401 - JSON
    for name in path.split("."):
        row = row.get(name) if row is not None else None
    return row


if __name__ == "__main__":
    exit_with(lambda: main(sys.argv[1:]))
