"""A page of ours with nothing on it, to compare others with: all it does is to look who is there."""

from access.permissions import Permission
from web.guard import guard

guard(Permission.OWN)
