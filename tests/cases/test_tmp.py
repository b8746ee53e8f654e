import time
def test_a(persuading): print(persuading.open(), persuading.file().status)
def test_b(followed): print(followed.open(), followed.file().status)
def test_c(ordered): print(ordered.open(), ordered.file().status, ordered.now)
def test_d(county): print(county.open())
def test_e(county): print(county.open())
def test_f(county): print(county.open())
