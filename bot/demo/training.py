"""Train the demo's models anew: `python -m bot.demo.training`, by hand when flights change."""

from bot.demo import flights, model

if __name__ == "__main__":
    training, _ = flights.load()
    model.write(model.train(training))
