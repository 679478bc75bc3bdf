// SPDX-License-Identifier: Apache-2.0
import { formatFixed } from "../model/format";
import type { PlaceAnswer } from "../model/types";
import { lang, t } from "../state/store";
import { CardSection } from "./Card";

/** The same place for a phone (WGS84) and for a surveyor (VN-2000, X to the north). */
export function Coordinates({ place }: { readonly place: PlaceAnswer | null }) {
  if (!place) return null;
  const language = lang.value;
  const [north, east] = language === "vi" ? ["B", "Đ"] : ["N", "E"];
  return (
    <CardSection title={place.vn2000 ? `${t("card.wgs84")} / ${t("card.vn2000")}` : t("card.wgs84")}>
      <table class="coordinates">
        <tbody>
          <tr>
            <th scope="row">{t("card.wgs84")}</th>
            <td>
              {formatFixed(place.lat, language, 6)}° {north}
            </td>
            <td>
              {formatFixed(place.lon, language, 6)}° {east}
            </td>
          </tr>
          {place.vn2000 && (
            <>
              <tr>
                <th scope="row">{t("card.north")}</th>
                <td colSpan={2}>{formatFixed(place.vn2000.x_north, language, 3)} m</td>
              </tr>
              <tr>
                <th scope="row">{t("card.east")}</th>
                <td colSpan={2}>{formatFixed(place.vn2000.y_east, language, 3)} m</td>
              </tr>
              <tr>
                <th scope="row" />
                <td colSpan={2} class="coordinates-crs">
                  {place.vn2000.crs}
                </td>
              </tr>
            </>
          )}
        </tbody>
      </table>
    </CardSection>
  );
}
