"""The words of Levelhead as frozen values and enums. Imports nothing of ours."""
