# %% a cell
numbers = [1, 2, 3]  # @numbers
total = sum(numbers)  # @total
# %% another
double = [2 * number for number in numbers]  # @double
print(total, sum(double))  # @print
