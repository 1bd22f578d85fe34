import asyncio
import contextvars

USER = contextvars.ContextVar("USER", default="nobody")


async def produce(queue):
    for number in range(1000):
        await queue.put(number)


async def never():
    await asyncio.Event().wait()


async def work(queue, log):
    USER.set("somebody")
    first = await queue.get()
    local = "before"
    log.append(first)  # @stopped
    log.append(await queue.get())
    return local


async def tick(log):
    while True:
        log.append("tick")
        await asyncio.sleep(0)


async def main():
    queue = asyncio.Queue(1)
    log = []
    producer = asyncio.create_task(produce(queue))
    others = [asyncio.create_task(asyncio.sleep(0)) for _ in range(5)]
    result = await work(queue, log)
    await asyncio.gather(*others)
    print(result, [one for one in log if one != "tick"])
    producer.cancel()


asyncio.run(main())
after = 1
print("done")  # @after
