#!/usr/bin/python3
print("never run")
