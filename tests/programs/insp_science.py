import numpy as np
import pandas as pd

samples = np.arange(12.0).reshape(3, 4)
table = pd.DataFrame({"name": ["a", "b"], "mean": [1.5, 2.5]})
print(samples.sum(), len(table))  # @science
