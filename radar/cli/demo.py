"""`radar demo`: the main job from nothing, on sample news."""

from pathlib import Path

import click

from radar.cli.output import name_command, say


@click.command()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Where the demo's Radar lives; made anew.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Where the digests go.",
)
@click.option("--seed", type=int, default=7, show_default=True, help="Other numbers give other sample news.")
def demo(folder: Path, out: Path, seed: int) -> None:
    """Show the main job from nothing, without internet.

    Sample publishers are served on this machine and crawled week by week; three executives get their digests.

    \b
    Example: radar demo
             radar demo --folder /tmp/demo --out /tmp/digests
    """
    from radar.demo.run import run_demo

    run_demo(home=folder, out=out, seed=seed, echo=say, command=name_command(Path.cwd()))
