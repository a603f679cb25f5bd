"""The parts of the run of the Dataspace Protocol's Technology Compatibility Kit."""
