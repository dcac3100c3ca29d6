"""What a handler or module takes and gives: read from source, kept as YAML, spoken as JSON Schema.

A *parameter* is one named input or output. A *spec* holds an app's inputs and outputs; a *module spec* holds them for
each of a module's methods. Everything here is pure: text and values in, values and text out. No user code is ever run.
"""
