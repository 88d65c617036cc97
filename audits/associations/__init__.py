"""What the corpus says about groups: words, occupations, tone, toxicity, embeddings.

`sample.count` and `mention_toxicity.count` count a batch, their `merge` sums; `rows.rows` makes the report's.
"""
