"""A planner device as a program, and the library with which end-to-end tests play one."""
