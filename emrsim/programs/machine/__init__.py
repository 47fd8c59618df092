"""Programs whose effect is the machine's: here they are the cluster's own, harmless, or say why they fail.

On EMR the master belongs to the job, so scripts freely install packages, restart services and power it off.
The machine here is somebody's own.
"""
