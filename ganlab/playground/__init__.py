"""A GAN on points of the plane that trains while one watches, in a process of its own."""
