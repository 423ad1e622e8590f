// One node program for every mark: the shape is a distance field, so that one draw call covers the whole network.
// Codes as in MARKS: 0 circle (adult), 1 square (under 18), 2 diamond (believed exploited), 3 square with a diamond
// (both), 4 dashed circle with "?" (age unknown), 5 dashed diamond (held); 6 a closed group. A ring stands for a SOC
// group.
import { NodeProgram } from 'sigma/rendering';
import { floatColor } from 'sigma/utils';
import type { NodeDisplayData, RenderParams } from 'sigma/types';

const VERTEX = `attribute vec4 a_id; attribute vec4 a_color; attribute vec2 a_position; attribute float a_size;
attribute float a_shape; attribute float a_ring; attribute float a_angle;
uniform mat3 u_matrix; uniform float u_sizeRatio; uniform float u_correctionRatio;
varying vec4 v_color; varying vec2 v_d; varying float v_r; varying float v_b; varying float v_shape; varying float v_ring;
const float bias = 255.0 / 254.0;
void main() {
  float size = a_size * u_correctionRatio / u_sizeRatio * 4.0;
  vec2 diff = size * 1.7 * vec2(cos(a_angle), sin(a_angle));
  gl_Position = vec4((u_matrix * vec3(a_position + diff, 1)).xy, 0, 1);
  v_d = diff; v_r = size / 2.0; v_b = u_correctionRatio; v_shape = a_shape; v_ring = a_ring;
  #ifdef PICKING_MODE
  v_color = a_id;
  #else
  v_color = a_color;
  #endif
  v_color.a *= bias;
}`;

const FRAGMENT = `precision highp float;
varying vec4 v_color; varying vec2 v_d; varying float v_r; varying float v_b; varying float v_shape; varying float v_ring;
float box(vec2 p, float r, float c) {
  vec2 q = abs(p) - vec2(r - c);
  return length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - c;
}
float diamond(vec2 p, float r) { return (abs(p.x) + abs(p.y) - r) * 0.7071; }
float segment(vec2 p, vec2 a, vec2 b) {
  vec2 d = b - a;
  return length(p - a - d * clamp(dot(p - a, d) / dot(d, d), 0.0, 1.0));
}
float question(vec2 p) {
  vec2 q = p - vec2(0.0, 0.22);
  float arc = (q.x < 0.0 && q.y < 0.0) ? 9.0 : abs(length(q) - 0.25);
  float stem = min(segment(p, vec2(0.0, -0.03), vec2(0.0, -0.16)), length(p - vec2(0.0, -0.42)));
  return min(arc, stem) - 0.09;
}
void main() {
  float e = v_b * 1.6, d;
  if (v_shape < 0.5 || v_shape > 5.5 || (v_shape > 3.5 && v_shape < 4.5)) d = length(v_d) - v_r;
  else if (v_shape < 1.5 || (v_shape > 2.5 && v_shape < 3.5)) d = box(v_d, v_r * 0.93, v_r * 0.28);
  else d = diamond(v_d, v_r * 1.28);
  #ifdef PICKING_MODE
  if (d > e) discard;
  gl_FragColor = v_color;
  #else
  vec4 ink = vec4(0.043, 0.047, 0.047, 1.0), white = vec4(1.0);
  vec4 c = v_color;
  float w = v_b * 2.0;
  if (v_shape > 2.5 && v_shape < 3.5) c = mix(white, c, smoothstep(-e, e, diamond(v_d, v_r * 0.6)));
  if (v_shape > 3.5 && v_shape < 5.5) {
    float band = max(w * 1.7, v_r * 0.24);
    float turn = v_shape > 4.5 ? 0.68 : 0.18; // so that a diamond's corners are drawn
    float dash = step(0.36, fract(atan(v_d.y, v_d.x) * 8.0 / 6.2832 + turn));
    float rim = smoothstep(-band - e * 0.5, -band + e * 0.5, d) * dash;
    if (v_shape < 4.5) rim = max(rim, 1.0 - smoothstep(-0.02, e / v_r * 0.5 + 0.02, question(v_d / (v_r * 0.92))));
    c = mix(white, c, rim);
  }
  vec4 shown = mix(c, white, smoothstep(-e * 0.5, e * 0.5, d));
  float edge = w * 1.2;
  if (v_ring > 0.5) {
    float o = w * 1.6;
    shown = mix(shown, ink, smoothstep(o - e * 0.5, o + e * 0.5, d));
    edge = o + w * 1.3;
  }
  gl_FragColor = vec4(shown.rgb, 1.0) * (1.0 - smoothstep(edge - e * 0.5, edge + e * 0.5, d));
  #endif
}`;

interface Dot extends NodeDisplayData {
  shape: number;
  ring: number;
}

// Three vertices are written for each dot: software WebGL draws instances one by one, which is far slower.
const THIRDS = [0, (2 * Math.PI) / 3, (4 * Math.PI) / 3];

export class MarkProgram extends NodeProgram<string> {
  getDefinition() {
    const { FLOAT, UNSIGNED_BYTE, TRIANGLES } = WebGLRenderingContext;
    return {
      VERTICES: 3,
      VERTEX_SHADER_SOURCE: VERTEX,
      FRAGMENT_SHADER_SOURCE: FRAGMENT,
      METHOD: TRIANGLES,
      UNIFORMS: ['u_sizeRatio', 'u_correctionRatio', 'u_matrix'],
      ATTRIBUTES: [
        { name: 'a_position', size: 2, type: FLOAT },
        { name: 'a_id', size: 4, type: UNSIGNED_BYTE, normalized: true },
        { name: 'a_size', size: 1, type: FLOAT },
        { name: 'a_color', size: 4, type: UNSIGNED_BYTE, normalized: true },
        { name: 'a_shape', size: 1, type: FLOAT },
        { name: 'a_ring', size: 1, type: FLOAT },
        { name: 'a_angle', size: 1, type: FLOAT },
      ],
    };
  }

  processVisibleItem(id: number, start: number, data: NodeDisplayData): void {
    const dot = data as Dot;
    const { array } = this;
    const colour = floatColor(dot.color);
    let i = start;
    for (const angle of THIRDS) {
      array[i++] = dot.x;
      array[i++] = dot.y;
      array[i++] = id;
      array[i++] = dot.size;
      array[i++] = colour;
      array[i++] = dot.shape;
      array[i++] = dot.ring;
      array[i++] = angle;
    }
  }

  setUniforms(params: RenderParams, { gl, uniformLocations }: Parameters<NodeProgram['setUniforms']>[1]): void {
    gl.uniform1f(uniformLocations['u_correctionRatio']!, params.correctionRatio);
    gl.uniform1f(uniformLocations['u_sizeRatio']!, params.sizeRatio);
    gl.uniformMatrix3fv(uniformLocations['u_matrix']!, false, params.matrix);
  }
}
