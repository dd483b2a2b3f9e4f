"""Cases, policy, workflow, approvals and publishing: from a flagged comment to a sanctioned response."""
