def write(balance):
    text = f"Balance: {balance}"
    print(text)
