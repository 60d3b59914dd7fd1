"""What the pages compute: tensors and files in, arrays out, no widgets."""
