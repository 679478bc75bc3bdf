# SPDX-License-Identifier: Apache-2.0
"""What environmental stations of Vietnam measure, and in which unit each is kept. Pure values.

The symbols are those of Circular 10/2021/TT-BTNMT, Appendix 15, in lower case. Concentrations in air are kept in µg/m³,
as QCVN 05:2023/BTNMT and VN_AQI state them (of ambient air at 25 °C and 760 mmHg), those in water in mg/l. The limits
are those of instruments, wide enough for stacks and waste water: what lies outside is an error of the source.
"""

from layers.measures import ObservedProperty
from layers.spec import Text

_AIR = 5_000_000
_WATER = 100_000

OBSERVED = (
    ObservedProperty("aqi", Text("VN_AQI", "VN_AQI"), None, 0, 1000),
    ObservedProperty("pm25", Text("PM2.5", "PM2.5"), "µg/m³", 0, 5000),
    ObservedProperty("level_m", Text("Mực nước", "Water level"), "m", -100, 3000),
    ObservedProperty("rain_mm", Text("Lượng mưa", "Rainfall"), "mm", 0, 500),
    ObservedProperty("noise_db", Text("Tiếng ồn", "Noise"), "dB(A)", 0, 200),
    # Air, at the road and in the stack.
    ObservedProperty("pm10", Text("PM10", "PM10"), "µg/m³", 0, 10_000),
    ObservedProperty("tsp", Text("Bụi lơ lửng (TSP)", "Suspended dust (TSP)"), "µg/m³", 0, _AIR),
    ObservedProperty("pm", Text("Bụi khí thải (PM)", "Dust in exhaust (PM)"), "µg/m³", 0, _AIR),
    ObservedProperty("so2", Text("SO₂", "SO₂"), "µg/m³", 0, _AIR),
    ObservedProperty("no2", Text("NO₂", "NO₂"), "µg/m³", 0, _AIR),
    ObservedProperty("no", Text("NO", "NO"), "µg/m³", 0, _AIR),
    ObservedProperty("nox", Text("NOₓ", "NOₓ"), "µg/m³", 0, _AIR),
    ObservedProperty("co", Text("CO", "CO"), "µg/m³", 0, _AIR),
    ObservedProperty("o3", Text("O₃", "O₃"), "µg/m³", 0, _AIR),
    ObservedProperty("h2s", Text("H₂S", "H₂S"), "µg/m³", 0, _AIR),
    ObservedProperty("nh3", Text("NH₃", "NH₃"), "µg/m³", 0, _AIR),
    ObservedProperty("vhg", Text("Hơi thuỷ ngân", "Mercury vapour"), "µg/m³", 0, _AIR),
    ObservedProperty("o2", Text("O₂ dư", "Excess O₂"), "%", 0, 100),
    # Weather and the state of what is measured.
    ObservedProperty("temp", Text("Nhiệt độ", "Temperature"), "°C", -60, 2000),
    ObservedProperty("rh", Text("Độ ẩm", "Humidity"), "%", 0, 100),
    ObservedProperty("p", Text("Áp suất", "Pressure"), "hPa", 0, 20_000),
    ObservedProperty("wind_speed", Text("Tốc độ gió", "Wind speed"), "m/s", 0, 120),
    ObservedProperty("wind_dir", Text("Hướng gió", "Wind direction"), "°", 0, 360),
    ObservedProperty("flow", Text("Lưu lượng", "Flow"), "m³/h", 0, 100_000_000),
    # Water.
    ObservedProperty("ph", Text("pH", "pH"), None, 0, 14),
    ObservedProperty("color", Text("Độ màu", "Colour"), "Pt-Co", 0, 100_000),
    ObservedProperty("tss", Text("TSS", "TSS"), "mg/l", 0, _WATER),
    ObservedProperty("cod", Text("COD", "COD"), "mg/l", 0, _WATER),
    ObservedProperty("bod", Text("BOD₅", "BOD₅"), "mg/l", 0, _WATER),
    ObservedProperty("nh4", Text("Amoni (NH₄⁺)", "Ammonium (NH₄⁺)"), "mg/l", 0, _WATER),
    ObservedProperty("tp", Text("Tổng photpho", "Total phosphorus"), "mg/l", 0, _WATER),
    ObservedProperty("tn", Text("Tổng nitơ", "Total nitrogen"), "mg/l", 0, _WATER),
    ObservedProperty("toc", Text("TOC", "TOC"), "mg/l", 0, _WATER),
    ObservedProperty("cl", Text("Clo dư", "Residual chlorine"), "mg/l", 0, _WATER),
    ObservedProperty("do", Text("Oxy hoà tan (DO)", "Dissolved oxygen (DO)"), "mg/l", 0, 100),
    ObservedProperty("ec", Text("Độ dẫn điện", "Conductivity"), "µS/cm", 0, 1_000_000),
    ObservedProperty("turbidity", Text("Độ đục", "Turbidity"), "NTU", 0, 100_000),
)
