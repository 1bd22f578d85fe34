import asyncio
import sys

clients = set()
answered = []


async def look_up(number):
    await asyncio.sleep(0.001 * (number % 5))
    return number * 10  # @found


async def handle(reader, writer):
    clients.add(writer)
    done = False
    while not done:
        line = await reader.readline()
        if not line:
            break
        number = int(line)  # @request
        price = await look_up(number)  # @look_up
        async with lock:  # @lock
            answered.append(number)  # @answered
        writer.write(f"{number} costs {price}\n".encode())  # @write
        await writer.drain()  # @drain
        done = number < 0  # @done
    clients.discard(writer)
    writer.close()
    if done:
        stopped.set()


async def main():
    global lock, stopped
    lock, stopped = asyncio.Lock(), asyncio.Event()
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(f"listening at http://127.0.0.1:{port}", flush=True)
    await stopped.wait()
    server.close()
    return len(answered)


count = asyncio.run(main())
sys.exit(0 if count == int(sys.argv[1]) else 1)
