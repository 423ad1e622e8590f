"""Partition: from the graph of kept people to groups (METHOD section 4, docs/partition.md)."""

from countylines.partition.baseline import partition_baseline
from countylines.partition.cut import CUTS, partition
from countylines.partition.edgelist import partition_file
from countylines.partition.groups import group_tables
from countylines.partition.stability import stability

__all__ = ["CUTS", "group_tables", "partition", "partition_baseline", "partition_file", "stability"]
