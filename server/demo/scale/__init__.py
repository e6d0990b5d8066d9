"""Districts on demand: invents one by seed, writes the files a real one sends, and loads them.

``model`` is the invented truth; ``oracle`` counts it without any code of the product.
"""
