"""Draw assets/flags.png: the flags of all MIDs, one picture in the order of their codes, by Chromium.

In this folder: npm install --no-package-lock && python bake.py. Needs the test environment.
"""

import base64
import sys
from pathlib import Path

from selenium import webdriver

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
from fairway.traffic.derived.flag_state import CODES  # noqa: E402 # the path has to be known first

FOLDER = Path(__file__).parent / "node_modules/flag-icons/flags/4x3"
WIDTH, HEIGHT, COLUMNS = 40, 30, 16
DRAW = """
const [pictures, width, height, columns, done] = arguments;
const rows = Math.ceil(pictures.length / columns);
const canvas = Object.assign(document.createElement("canvas"), { width: width * columns, height: height * rows });
const context = canvas.getContext("2d");
Promise.all(pictures.map((svg, at) => new Promise((resolve, reject) => {
  const image = new Image(width, height);
  image.onload = () => {
    context.drawImage(image, (at % columns) * width, Math.floor(at / columns) * height, width, height);
    resolve();
  };
  image.onerror = reject;
  image.src = "data:image/svg+xml;base64," + svg;
}))).then(() => done(canvas.toDataURL("image/png").split(",")[1]));"""


def main() -> None:
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options)
    driver.set_script_timeout(60)
    pictures = [base64.b64encode((FOLDER / f"{code.lower()}.svg").read_bytes()).decode() for code in CODES]
    png = base64.b64decode(driver.execute_async_script(DRAW, pictures, WIDTH, HEIGHT, COLUMNS))
    driver.quit()
    (ROOT / "assets/flags.png").write_bytes(png)
    print(f"{len(CODES)} flags, {len(png) / 1024:.0f} KB")


if __name__ == "__main__":
    main()
