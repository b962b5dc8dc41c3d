"""`base` serves `./run` and development on one machine; `production` and `test` change only what differs there."""
