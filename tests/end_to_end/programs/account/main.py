import subprocess
import sys


class Account:
    def __init__(self, owner):
        self.owner = owner
        self.balance = 0

    def deposit(self, amount):
        self.balance += amount
        return self.balance


def main():
    account = Account("Ada")
    account.deposit(5)
    account.deposit(3)
    subprocess.run([sys.executable, "-c", "import statement; statement.write(8)"], check=True)
    assert account.balance == sum([5, 4]), "money is missing"


main()
