using System.Globalization;
using System.Text;
using QRCoder;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.People;

/// <summary>Draws a text as a QR code.</summary>
internal static class QrCode
{
    public static QrPicture Of(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var rows = data.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows.Count; x++)
            {
                var start = x;
                while (x < rows.Count && rows[y][x]) x++;
                if (x > start) path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{x - start}v1h-{x - start}z");
            }
        }

        return new QrPicture(rows.Count, path.ToString());
    }
}
