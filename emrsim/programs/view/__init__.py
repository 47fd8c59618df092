"""What the programs of a cluster see of the file system, and which rights they have on the machine."""
