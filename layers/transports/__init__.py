# SPDX-License-Identifier: Apache-2.0
"""One file per way in which bytes are fetched: folders, FTP, SFTP, HTTP, MQTT, devices. They know no layer."""
