"""The nouns, pure and without a clock.

The glossary:

source
    One OCP, by the name the settings give it.
cluster, tenant
    As OceanBase means them. OCP has two ids for each; ``ClusterId`` is OCP's own, the one in paths.
task
    The shipping of one cluster's or one tenant's log to one destination.
checkpoint
    Everything written before this moment has been shipped.
delay
    How far the checkpoint is behind OCP's clock.
reading
    What one poll learnt of one cluster, with OCP's own time of it.
finding
    What a rule says of a task at a reading: a problem HOLDS, is CLEAR, or is UNKNOWN, and because of what.
incident
    The state of trouble of one subject (a task, a cluster, a source), with a number people can say.
alert
    The message about an incident.
transition
    One change of an incident: opened, worsened, eased, resolved, reopened.
notification
    A message that is owed to a channel, with its own snapshot of the moment it was born.
"""
