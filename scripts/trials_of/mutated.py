PROMISE='x'
COUNT=0
def plan(*a): return []
