// Edges as quads of two triangles each, without instances: software WebGL draws instances one by one, which made
// sigma's own rectangles take five times as long for 50,000 edges. Width and soft rim are computed as sigma does.
import { EdgeProgram } from 'sigma/rendering';
import { floatColor } from 'sigma/utils';
import type { EdgeDisplayData, NodeDisplayData, RenderParams } from 'sigma/types';

const VERTEX = `attribute vec4 a_color; attribute vec2 a_normal; attribute vec2 a_position;
uniform mat3 u_matrix; uniform float u_sizeRatio; uniform float u_zoomRatio; uniform float u_pixelRatio;
uniform float u_correctionRatio; uniform float u_minEdgeThickness; uniform float u_feather;
varying vec4 v_color; varying vec2 v_normal; varying float v_thickness; varying float v_feather;
void main() {
  float wide = length(a_normal);
  vec2 unit = wide > 0.0 ? a_normal / wide : vec2(0.0);
  float thickness = max(wide, u_minEdgeThickness * u_sizeRatio) * u_correctionRatio / u_sizeRatio;
  gl_Position = vec4((u_matrix * vec3(a_position + unit * thickness, 1)).xy, 0, 1);
  v_thickness = thickness / u_zoomRatio;
  v_normal = unit;
  v_feather = u_feather * u_correctionRatio / u_zoomRatio / u_pixelRatio * 2.0;
  v_color = a_color;
  v_color.a *= 255.0 / 254.0;
}`;

const FRAGMENT = `precision mediump float;
varying vec4 v_color; varying vec2 v_normal; varying float v_thickness; varying float v_feather;
void main() {
  float rim = smoothstep(v_thickness - v_feather, v_thickness, length(v_normal) * v_thickness);
  gl_FragColor = mix(v_color, vec4(0.0), rim);
}`;

const UNIFORMS = [
  'u_matrix',
  'u_zoomRatio',
  'u_sizeRatio',
  'u_correctionRatio',
  'u_pixelRatio',
  'u_feather',
  'u_minEdgeThickness',
] as const;

export class QuadProgram extends EdgeProgram<(typeof UNIFORMS)[number]> {
  getDefinition() {
    const { FLOAT, UNSIGNED_BYTE, TRIANGLES } = WebGLRenderingContext;
    return {
      VERTICES: 6,
      VERTEX_SHADER_SOURCE: VERTEX,
      FRAGMENT_SHADER_SOURCE: FRAGMENT,
      METHOD: TRIANGLES,
      UNIFORMS,
      ATTRIBUTES: [
        { name: 'a_position', size: 2, type: FLOAT },
        { name: 'a_normal', size: 2, type: FLOAT },
        { name: 'a_color', size: 4, type: UNSIGNED_BYTE, normalized: true },
      ],
    };
  }

  processVisibleItem(
    _: number,
    start: number,
    from: NodeDisplayData,
    to: NodeDisplayData,
    data: EdgeDisplayData,
  ): void {
    const { array } = this;
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = Math.hypot(dx, dy);
    const scale = length > 0 ? (data.size || 1) / length : 0;
    const [nx, ny] = [-dy * scale, dx * scale];
    const colour = floatColor(data.color);
    let i = start;
    const corner = (end: NodeDisplayData, side: number) => {
      array[i++] = end.x;
      array[i++] = end.y;
      array[i++] = nx * side;
      array[i++] = ny * side;
      array[i++] = colour;
    };
    corner(from, 1);
    corner(from, -1);
    corner(to, 1);
    corner(to, 1);
    corner(from, -1);
    corner(to, -1);
  }

  setUniforms(params: RenderParams, { gl, uniformLocations: at }: Parameters<EdgeProgram['setUniforms']>[1]): void {
    const where = at as Record<string, WebGLUniformLocation>;
    gl.uniformMatrix3fv(where['u_matrix']!, false, params.matrix);
    gl.uniform1f(where['u_zoomRatio']!, params.zoomRatio);
    gl.uniform1f(where['u_sizeRatio']!, params.sizeRatio);
    gl.uniform1f(where['u_correctionRatio']!, params.correctionRatio);
    gl.uniform1f(where['u_pixelRatio']!, params.pixelRatio);
    gl.uniform1f(where['u_feather']!, params.antiAliasingFeather);
    gl.uniform1f(where['u_minEdgeThickness']!, params.minEdgeThickness);
  }
}
