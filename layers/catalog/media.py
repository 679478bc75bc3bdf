# SPDX-License-Identifier: Apache-2.0
"""Press and social items, counted by unit, topic and sentiment. Prose names a commune, never a spot: no points.

No author, no account and no text is kept, so there is no field for them; copies of one story share its code.
"""

from layers.groups import OPERATIONS
from layers.spec import Choice, FieldSpec, LayerSpec, Render, Text
from layers.visibility import STAFF

LAYER = LayerSpec(
    id="media",
    title=Text("Tin báo chí, mạng xã hội", "Press and social items"),
    description=Text(
        "Số tin theo xã, phường, chủ đề và sắc thái; không lưu tác giả", "Items by unit, topic and sentiment"
    ),
    group=OPERATIONS,
    geometry="None",
    render=Render(icon="news", color="#8ab4d8", order=40, visible=False),
    fields=(
        FieldSpec(
            "kind",
            Text("Kênh", "Outlet"),
            "choice",
            choices=(Choice("press", Text("Báo chí", "Press")), Choice("social", Text("Mạng xã hội", "Social"))),
            required=True,
        ),
        FieldSpec(
            "topic",
            Text("Chủ đề", "Topic"),
            "choice",
            choices=(
                Choice("traffic", Text("Giao thông", "Traffic")),
                Choice("environment", Text("Môi trường", "Environment")),
                Choice("order", Text("An ninh, trật tự", "Public order")),
                Choice("infrastructure", Text("Hạ tầng đô thị", "Urban infrastructure")),
                Choice("disaster", Text("Thiên tai, cháy nổ", "Disasters and fires")),
                Choice("health", Text("Y tế, an toàn thực phẩm", "Health and food")),
                Choice("education", Text("Giáo dục", "Education")),
                Choice("administration", Text("Hành chính công", "Public administration")),
                Choice("land", Text("Đất đai, xây dựng", "Land and construction")),
                Choice("tourism", Text("Du lịch, văn hoá", "Tourism and culture")),
                Choice("other", Text("Chủ đề khác", "Other")),
            ),
            required=True,
        ),
        FieldSpec(
            "sentiment",
            Text("Sắc thái", "Sentiment"),
            "choice",
            choices=(
                Choice("positive", Text("Tích cực", "Positive"), "#4fb3a5"),
                Choice("neutral", Text("Trung lập", "Neutral"), "#9aa5b1"),
                Choice("negative", Text("Tiêu cực", "Negative"), "#e5383b"),
            ),
            required=True,
        ),
        FieldSpec("title", Text("Tiêu đề", "Headline"), max_length=160, queryable=False, readers=STAFF),
        FieldSpec("outlet", Text("Cơ quan báo chí", "Newspaper"), max_length=100),
        FieldSpec("link", Text("Liên kết", "Link"), max_length=500, queryable=False, readers=STAFF),
        # The same for syndicated copies of one story.
        FieldSpec("story", Text("Mã bài", "Story"), max_length=16),
    ),
    title_field="title",
    has_time=True,
    h3=False,
    expected_every_s=86400,
    # As with detections: counts without anything personal, kept as long as years are compared.
    retention_days=3660,
)
