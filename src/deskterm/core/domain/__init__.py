"""Pure rules: plain values in, values out."""
