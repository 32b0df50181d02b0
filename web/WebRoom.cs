namespace Sandbox.Web;

/// <summary>Names this assembly for the application part and the architecture test.</summary>
public static class WebRoom;
