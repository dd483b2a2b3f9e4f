"""From a source to comments, assessments and cases."""
