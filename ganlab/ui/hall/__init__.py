"""The lecture hall: a show of prepared views, made on any page and presented full screen."""
