"""The page Playground: a game of two nets on points, and the connection to the process that plays it."""
