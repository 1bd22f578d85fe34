import threading

from PyQt6.QtCore import QCoreApplication

painted = []


def paint():
    painted.append(1)
    if len(painted) == 3:
        print("painted by hand", flush=True)


def elsewhere():
    inside = 1  # @elsewhere
    return inside


def main():
    application = QCoreApplication()  # @create
    shown = True  # @shown
    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    return application, shown  # @end


main()
