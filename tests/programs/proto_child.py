import sys

typed = "" if sys.stdin is None or len(sys.argv) < 3 else sys.stdin.read()
print(sys.argv[1:], typed, sys.flags.no_user_site)  # @in_child
sys.exit(5)
