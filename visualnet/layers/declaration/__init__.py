"""What a layer declaration is made of: parameters, ports, formulas with their derivation, calls of torch."""
