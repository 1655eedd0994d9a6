"""System metrics of the hosts, in the contract's long format."""

import numpy as np
import pandas as pd

from tests.faultbench.replay import Scene


def system_metrics(scene: Scene) -> pd.DataFrame:
    """`time`, `metric`, `value`, `host`: hourly, or every three hours in a long log."""
    step = "1h" if scene.clock.tempo.bucket_s < 43_200 else "3h"
    rows, rng = scene.rows, scene.rng
    moments = pd.date_range(scene.clock.start.floor("D"), scene.clock.at, freq=step)
    slots = np.clip(moments.searchsorted(rows["time"], side="right") - 1, 0, len(moments) - 1)
    tables = []
    for host in sorted(rows["host"].unique()):
        own = (rows["host"] == host).to_numpy()

        def count(which: "np.ndarray", own: "np.ndarray" = own) -> "np.ndarray":
            return np.bincount(slots[own & which], minlength=len(moments)).astype(float)

        requests = count(np.ones(len(rows), dtype=bool))
        timeouts = count(rows["timed_out"].to_numpy(dtype=bool))
        failed = count(rows["failed"].to_numpy(dtype=bool))
        pressed = np.clip((timeouts + failed) / np.maximum(requests, 1), 0, 1)
        slow = rng.uniform(35, 70) * rng.normal(1, 0.2, len(moments)).clip(0.4)
        busy = rng.uniform(32, 40) + 12 * requests / max(requests.max(), 1)
        values = {
            "requests": requests,
            "errors": failed + (rng.random(len(moments)) < 0.04),
            "timeouts": timeouts + (rng.random(len(moments)) < 0.03),
            "latency_p99_ms": slow * (1 + 9 * pressed),
            "cpu": (busy + 30 * pressed + rng.normal(0, 5, len(moments))).clip(5, 99),
            "memory": rng.normal(62, 3, len(moments)).clip(40, 95),
        }
        tables += [
            pd.DataFrame({"time": moments, "metric": name, "value": np.round(v, 1), "host": host})
            for name, v in values.items()
        ]
    return pd.concat(tables, ignore_index=True)
